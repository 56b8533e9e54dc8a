import { caseOf } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';

/** What is refused, and how: with a sentence, and with what was written kept. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const unknown = '01a00000-0000-7000-8000-000000000000';

test('a form sent twice makes one contribution', async ({ visitor: v }) => {
  const { page } = v;
  const said = 'Painoin varmuuden vuoksi kahdesti.';
  const mine = page.getByRole('article').filter({ hasText: said });
  await v.open('/');
  await v.follow(openCase);
  const base = caseOf(v);
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', said);
  await page.getByRole('button', { name: 'Lähetä puheenvuoro' }).dblclick();
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();
  await v.open(`${base}/discussion`);
  await expect(mine).toHaveCount(1);

  await test.step('sent again from another tab, the same form leads to the same receipt', async () => {
    await v.open(`${base}/contribute`);
    const key = await page.locator('input[name="idempotencyKey"]').inputValue();
    const send = () =>
      page.request.post(`${base}/contribute`, {
        form: { body: said, kind: 'experience', idempotencyKey: key },
        headers: { origin: new URL(page.url()).origin, accept: 'text/html' },
        maxRedirects: 0,
      });
    const [first, second] = [await send(), await send()];
    expect(first.status()).toBe(303);
    expect(second.headers().location).toBe(first.headers().location);
    await v.open(`${base}/discussion`);
    await expect(mine).toHaveCount(2);
  });
});

test('ten thousand and one characters are too many: the summary leads to the field, and every word is there', async ({
  visitor: v,
}) => {
  const { page } = v;
  const long = 'sana '.repeat(2_000) + '!';
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', long);
  await v.choose('Ehdotus');
  await v.press('Lähetä puheenvuoro');
  expect(v.status).toBe(400);
  await expect(page).toHaveTitle(/^Virhe: /);
  await expect(v.problems).toHaveText(/^Liian pitkä teksti: .*10.000 merkkiä\.$/);
  const field = page.getByLabel('Mitä haluat sanoa?');
  await expect(field).toHaveValue(long);
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/Liian pitkä teksti/);
  await expect(page.getByLabel('Ehdotus', { exact: true })).toBeChecked();
  await v.problems.getByRole('link').click();
  await expect(field).toBeFocused();
});

test('markup in what people write is shown as they wrote it', async ({ visitor: v }) => {
  const { page } = v;
  const markup = '<img src="https://elsewhere.example/x.png" onerror="alert(1)"> <b>lihava</b> &amp; {{7*7}}';
  await v.open('/');
  await v.follow(openCase);
  const base = caseOf(v);
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', markup);
  await v.press('Lähetä puheenvuoro');
  await expect(page.getByRole('blockquote')).toHaveText(markup);
  await v.open(`${base}/discussion`);
  await expect(page.getByRole('article').first().getByText(markup)).toBeVisible();
  await expect(page.getByRole('article').first().getByRole('img')).toHaveCount(0);
});

test('a page that is not for this person says so, and an unknown page is not found', async ({
  visitor: v,
}) => {
  await v.open('/');
  await v.follow(openCase);
  const base = caseOf(v);
  for (const page of ['control', 'planning', 'summary', 'workshop', 'cards']) {
    await v.open(`${base}/${page}`);
    expect(v.status, page).toBe(403);
    await expect(v.heading('Tämä ei näy sinulle')).toBeVisible();
  }
  await v.signIn('participant');
  await v.open(`${base}/control`);
  expect(v.status).toBe(403);
  await v.open('/outbox');
  const missing = [
    `/cases/${unknown}`,
    '/cases/ei-ole',
    '/ei-ole',
    '/impact/AAAABBBB',
    '/review/ei-ole',
    `${base}/results`,
  ];
  for (const path of missing) {
    await v.open(path);
    expect(v.status, path).toBe(404);
    await expect(v.heading('Sivua ei löytynyt')).toBeVisible();
  }
});

test('what nobody can type is refused as a bad request, never as a fault of ours', async ({
  visitor: v,
  request,
}) => {
  await v.open('/');
  await v.follow(openCase);
  const base = caseOf(v);
  const { origin } = new URL(v.page.url());
  const post = (path: string, data: string | Buffer, type = 'application/x-www-form-urlencoded') =>
    request.post(path, {
      data,
      headers: { origin, accept: 'text/html', 'content-type': type },
      maxRedirects: 0,
    });
  const attempts: readonly (readonly [path: string, body: string])[] = [
    [`${base}/contribute`, 'body=a%00b'],
    [`${base}/contribute`, 'body=a&kind=%00'],
    [`${base}/contribute`, 'body=a&kind=need'],
    [`${base}/contribute`, `body=a&idempotencyKey=${'%00'.repeat(10)}`],
    [`${base}/discussion/%00`, 'body=a'],
    [`${base}/discussion/${unknown}`, 'body=a'],
    [`/cases/${unknown}/contribute`, 'body=a'],
    ['/cases/%00/contribute', 'body=a'],
    [`${base}/statements?/vote`, 'statementId=%00&value=agree'],
    [`${base}/statements?/state`, 'body=%00'],
    [`${base}/statements?/nothing`, 'body=a'],
    [`${base}/control`, 'event=__proto__&expectedVersion=1'],
    [`${base}/control`, 'event=case.cancelled&expectedVersion=x&reason=a'],
    [`${base}/control`, 'event=xstate.init&expectedVersion=1'],
    [`${base}/planning?/texts`, 'title=a'],
    [`${base}/summary?/account`, 'do=used&contributionIds=%00'],
    [`${base}/workshop?/record`, 'body=%00&origin=paper'],
    [`${base}/cards`, 'count=1e9'],
    [`${base}/review?/respond`, 'proposalId=%00'],
    ['/needs/new', 'title=%00&need=%00'],
    ['/impact', 'code=%00'],
    ['/impact/%00', 'answer=yes'],
    ['/review/%00?/respond', 'a=b'],
    ['/enter/%00', 'a=b'],
    ['/mine?/hear&case=%00', 'answer=yes'],
    ['/demo/sign-in', 'as=__proto__'],
    ['/demo/time', 'days=-1'],
    ['/demo/time', 'days=1e308'],
  ];
  for (const [path, body] of attempts) {
    const { status } = await post(path, body).then((answer) => ({ status: answer.status() }));
    expect.soft(status, `${path} ${body.slice(0, 60)}`).toBeGreaterThanOrEqual(400);
    expect.soft(status, `${path} ${body.slice(0, 60)}`).toBeLessThan(500);
  }
  const wholly = [
    post(`${base}/contribute`, '{"body":"a"}', 'application/json'),
    post(`${base}/contribute`, 'a', 'multipart/form-data; boundary=x'),
    post(`${base}/contribute`, `body=${'a'.repeat(3_000_000)}`),
    post(`${base}/contribute`, Buffer.from([0x62, 0x3d, 0xff, 0xfe])),
  ];
  for (const [i, answer] of (await Promise.all(wholly)).entries()) {
    expect.soft(answer.status(), `whole body ${i}`).toBeGreaterThanOrEqual(400);
    expect.soft(answer.status(), `whole body ${i}`).toBeLessThan(500);
  }
  for (const path of [
    '/cases?after=%00',
    '/cases?after=xx',
    `${base}/log?after=%ff`,
    `${base}/discussion?limit=-1`,
  ]) {
    expect.soft((await request.get(path)).status(), path).toBeLessThan(500);
  }
});

test('choosing a language leads nowhere but to our own pages', async ({ request, server }) => {
  const elsewhere = [
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    '/.//elsewhere.example',
    'javascript:alert(1)',
    '\\\\elsewhere.example',
    '/%0d%0aLocation: https://elsewhere.example',
  ];
  for (const back of elsewhere) {
    const answer = await request.post('/language', {
      form: { to: 'sv', back },
      headers: { origin: server.url },
      maxRedirects: 0,
    });
    expect(answer.status()).toBe(303);
    const landed = new URL(answer.headers().location ?? '', server.url);
    expect(landed.origin, back).toBe(server.url);
  }
  const kept = await request.post('/language', {
    form: { to: 'sv', back: '/cases?after=x' },
    headers: { origin: server.url },
    maxRedirects: 0,
  });
  expect(kept.headers().location).toBe('/cases?after=x');
});

test('the longest words and titles fit on the narrowest phone', async ({ visitor: v }) => {
  const word = 'Lastensuojelunjälkihuoltotyöryhmänkoordinaattorinsijaisuusvuoro'.slice(0, 60);
  const title = `${word} ${'ja toinen pitkä sana '.repeat(10)}`.slice(0, 200).trimEnd();
  await v.page.setViewportSize({ width: 320, height: 640 });
  await v.open('/needs/new');
  await v.fill('Mikä ei toimi?', `${word}${word}${word}`);
  await v.fill('Otsikko', title);
  await v.press('Lähetä');
  await v.follow('Takaisin tapaukseen');
  await expect(v.heading(title)).toBeVisible();
  const base = caseOf(v);
  await v.open('/mine');
  await v.signIn('facilitator');
  for (const path of [
    '/desk',
    base,
    `${base}/control`,
    `${base}/planning`,
    `${base}/discussion`,
    `${base}/log`,
  ]) {
    await v.open(path);
  }
});

test('an event from a page that others have overtaken is refused, and nothing happens', async ({
  visitor: v,
  another,
}) => {
  const { page } = v;
  await v.signIn('facilitator');
  await v.open('/desk');
  await v.follow(/^Täydennä ?: Miten perhe jaksaa/);
  const base = caseOf(v);
  const colleague = await another();
  await colleague.signIn('coordinator');
  await colleague.open(`${base}/control`);
  const theirs = await colleague.unfold('Siirrä tapaus tauolle');
  await colleague.fill('Syy', 'Työryhmä on lomalla.', theirs);
  await colleague.press('Siirrä tapaus tauolle', theirs);

  const mine = await v.unfold('Peru tapaus');
  await v.fill('Syy', 'Päällekkäinen tapaus.', mine);
  await v.press('Peru tapaus', mine);
  expect(v.status).toBe(409);
  await expect(v.problems).toHaveText('Joku muu ehti muuttaa tapausta. Lataa sivu ja tarkista tilanne.');
  await expect(page.getByText('Tauolla').first()).toBeVisible();
  await expect(page.getByLabel('Syy', { exact: true }).filter({ visible: true }).last()).toHaveValue(
    'Päällekkäinen tapaus.',
  );
});

test('words that come after the period has closed are refused with a sentence, and kept', async ({
  visitor: v,
  another,
}) => {
  const { page } = v;
  const late = 'Ehdinkö vielä? Kirjoitin tätä koko illan.';
  await v.open('/');
  await v.follow(openCase);
  const base = caseOf(v);
  await v.open(`${base}/discussion`);
  await v.follow(/vastaus|Avaa ja vastaa/, page.getByRole('article').first());
  await v.fill('Vastaa tähän', late);

  const writer = await another();
  await writer.open(`${base}/contribute`);
  await writer.fill('Mitä haluat sanoa?', late);

  const clock = await another();
  await clock.letPass(14);

  await writer.press('Lähetä puheenvuoro');
  expect(writer.status).toBe(400);
  await expect(writer.problems).toHaveText(
    'Tätä ei voi tehdä tässä vaiheessa. Tapaus on nyt vaiheessa: Koonti.',
  );
  await expect(writer.page.getByLabel('Mitä haluat sanoa?')).toHaveValue(late);

  await v.press('Lähetä vastaus');
  expect(v.status).toBe(400);
  await expect(v.problems).toHaveText('Tätä ei voi tehdä tässä vaiheessa. Tapaus on nyt vaiheessa: Koonti.');
  await expect(page.getByLabel('Vastaa tähän')).toHaveValue(late);
});
