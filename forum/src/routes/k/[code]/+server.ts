import { redirect } from '@sveltejs/kit';
import { readCode } from '@lakeus/engine';
import type { RequestHandler } from './$types';

/** The short way that is printed on cards. */
export const GET: RequestHandler = ({ params }) => {
  const code = readCode(params.code);
  redirect(303, code ? `/impact/${code}` : '/impact');
};
