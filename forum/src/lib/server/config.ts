import { z } from 'zod';

/** Every setting of the server, by its environment variable. A bad value stops the start with a sentence naming it. */

const url = (...protocols: string[]) =>
  z.url().refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ''), {
    message: `must begin with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

/** Whether the address has all that a bucket needs. The secret is not repeated in what is said about it. */
function isBucket(address: string): boolean {
  const { username = '', password = '', pathname = '' } = URL.parse(address) ?? {};
  return username !== '' && password !== '' && /^\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(pathname);
}

const settings = {
  /** port that the server listens on */
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** address that the server listens on */
  HOST: z.string().min(1).default('127.0.0.1'),
  /** address that people use, e.g. https://lakeus.example.fi; links in messages begin with it */
  ORIGIN: url('http:', 'https:').optional(),
  /** 1 when a proxy in front sets X-Forwarded-Proto and X-Forwarded-For */
  TRUST_PROXY: z.enum(['0', '1']).default('0'),
  /** folder of the embedded database and all else that must be kept */
  DATA_DIR: z.string().min(1).default('./data'),
  /** a PostgreSQL of your own, 15 or newer; without it an embedded one is started in DATA_DIR */
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  /** where pictures are kept: `s3+https://KEY:SECRET@host/bucket?region=…`; without it a folder in DATA_DIR */
  BLOBS_URL: url('s3+https:', 's3+http:')
    .refine(isBucket, { message: 'must name a key, its secret and a bucket' })
    .optional(),
  /** a Redis through which several processes tell each other what happened; without it PostgreSQL carries that */
  REDIS_URL: url('redis:', 'rediss:').optional(),
  /** 1 lays out the demonstration and lets anybody sign in as its people; on by default with the embedded database */
  DEMO: z.enum(['0', '1']).optional(),
  /** token that /metrics asks for; without it /metrics answers only to this machine */
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
} as const;

export const settingNames = Object.keys(settings);

/** Names that later versions will read; set today they do nothing, and the start says so. */
const notYet = ['SMTP_URL', 'LLM_URL', 'LLM_MODEL', 'OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'];

export type Config = z.output<ReturnType<typeof schema>> & { readonly ignored: readonly string[] };
const schema = () => z.object(settings);

/** A setting that cannot be taken; its message is a sentence for the operator. */
export class ConfigError extends Error {}

/** Reads the settings from the environment.
 * @throws {ConfigError} when a value is bad; the message names it */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(settingNames.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const read = schema().safeParse(given);
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`Lakeus cannot start with these settings. ${problems.join('. ')}.`);
  }
  return { ...read.data, ignored: notYet.filter((name) => env[name]) };
}
