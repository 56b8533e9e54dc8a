/** How a 'no' looks to a script of our own pages: the problem documents of the API, with ids of the forum's own. */

const problems = {
  not_found: [404, 'There is nothing here, or it is not shown to you.'],
  forbidden: [403, 'You may not do this.'],
  malformed: [400, 'The form cannot be read.'],
  too_large: [413, 'The picture is too large.'],
  not_a_picture: [415, 'This is no picture that can be shown.'],
  too_many: [429, 'This is more than can be taken just now.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ForumProblem = keyof typeof problems;

/** @param retryAfterSeconds - when asking again may help */
export function problem(id: ForumProblem, retryAfterSeconds?: number): Response {
  const [status, title] = problems[id];
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  const document = { type: `urn:lakeus:problem:${id}`, id, title, status };
  return new Response(JSON.stringify(document), { status, headers });
}
