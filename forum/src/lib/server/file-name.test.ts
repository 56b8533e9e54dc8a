import { describe, expect, it } from 'vitest';
import { attachment } from './file-name.ts';

const names = (title: string) => {
  const [, plain, whole] = /^attachment; filename="([^"]*)"; filename\*=UTF-8''(\S*)$/.exec(
    attachment(title, 'pdf'),
  )!;
  return [plain, decodeURIComponent(whole!)];
};

describe('the name of a file', () => {
  it.each([
    ['Pöytä 2: Kotihoidon käynnit', 'Poyta 2 Kotihoidon kaynnit.pdf', 'Pöytä 2 Kotihoidon käynnit.pdf'],
    ['', 'lakeus.pdf', 'lakeus.pdf'],
    ['Привет', 'lakeus.pdf', 'Привет.pdf'],
    ['../../etc/passwd', 'etc passwd.pdf', 'etc passwd.pdf'],
    ['.htaccess', 'htaccess.pdf', 'htaccess.pdf'],
    ['a"; filename="b.exe', 'a ; filename= b.exe.pdf', 'a ; filename= b.exe.pdf'],
    ['a\r\nset-cookie: x=1', 'a set-cookie x=1.pdf', 'a set-cookie x=1.pdf'],
    ['lasku\u202efdp.exe', 'lasku fdp.exe.pdf', 'lasku fdp.exe.pdf'],
    ['100 % (totta) *', '100 (totta).pdf', '100 (totta).pdf'],
  ])('of %j', (title, plain, whole) => {
    expect(names(title)).toEqual([plain, whole]);
  });

  it('is never long, nor is half a letter left', () => {
    const [plain, whole] = names('😀'.repeat(300));
    expect(plain).toBe('lakeus.pdf');
    expect([...whole!]).toHaveLength(104);
    expect(whole!.isWellFormed()).toBe(true);
  });
});
