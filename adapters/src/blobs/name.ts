/** The hash, when it is one: nothing else may become part of a path or an address. */
export function checkedName(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError(`'${hash}' is not the name of a blob`);
  return hash;
}

export const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
