import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer, WrongAnswer } from '../../../../lambdas/adapters/api-gateway/answer.ts';

const read = (text: string, isEnded = false) => {
  const answer = readAnswer(Buffer.from(text, 'latin1'), isEnded);
  return (
    answer && { ...answer, body: answer.body.toString('latin1'), headers: Object.fromEntries(answer.headers) }
  );
};

describe('an answer', () => {
  it('has a status, headers by lower-case name, and the body that its length says', () => {
    expect(
      read('HTTP/1.1 410 Gone\r\nX-Amzn-ErrorType:  GoneException \r\nContent-Length: 4\r\n\r\ngone'),
    ).toEqual({
      status: 410,
      headers: { 'x-amzn-errortype': 'GoneException', 'content-length': '4' },
      body: 'gone',
      keepsSocket: true,
    });
  });

  it('joins the values of a header that comes more than once', () => {
    expect(read('HTTP/1.1 204 No Content\r\nVia: a\r\nvia: b\r\n\r\n')?.headers).toEqual({ via: 'a, b' });
  });

  it.each([
    ['one chunk', '4\r\ngone\r\n0\r\n\r\n', 'gone'],
    [
      'several chunks, sizes in hexadecimal, extensions',
      '2;a=b\r\ngo\r\nB \r\nne for ever\r\n0\r\n\r\n',
      'gone for ever',
    ],
    ['trailers', '4\r\ngone\r\n0\r\nx-checksum: 1\r\n\r\n', 'gone'],
    ['nothing', '0\r\n\r\n', ''],
  ])('has the body of its chunks: %s', (_, chunks, body) => {
    const answer = read(`HTTP/1.1 410 Gone\r\nTransfer-Encoding: Chunked\r\n\r\n${chunks}`);
    expect(answer).toMatchObject({ body, keepsSocket: true });
  });

  it('has no body when its status says so, whatever its headers say', () => {
    for (const status of [204, 304])
      expect(read(`HTTP/1.1 ${status} x\r\nContent-Length: 9\r\n\r\n`)).toMatchObject({
        body: '',
        keepsSocket: true,
      });
  });

  it('without a length ends with the socket', () => {
    const text = 'HTTP/1.1 502 Bad Gateway\r\n\r\n<html>';
    expect(read(text)).toBeUndefined();
    expect(read(text, true)).toMatchObject({ status: 502, body: '<html>', keepsSocket: false });
  });

  it('is the one after those that only say to go on', () => {
    const text = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n';
    expect(read(text)).toBeUndefined();
    expect(read(`${text}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['it says so', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', false],
    [
      'it says so among others',
      'HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n',
      false,
    ],
    ['it is of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
    ['more comes than its length says', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab', false],
    [
      'more comes than its chunks say',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP',
      false,
    ],
    ['something comes after what has no body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP', false],
    ['the socket has ended', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
  ])('is the last on its socket when %s', (_, text, isEnded) => {
    expect(read(text, isEnded)).toMatchObject({ status: 200, keepsSocket: false });
  });

  it.each([
    ['HTTP/2 200 OK\r\n\r\n'],
    ['HTTP/1.1 2000\r\n\r\n'],
    ['HTTP/1.1 999 No\r\n\r\n'],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\n: no name\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n'],
  ])('is wrong as %j', (text) => {
    expect(() => read(text, true)).toThrow(WrongAnswer);
  });

  it('is wrong when it does not come to an end', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n';
    expect(read(head + 'x'.repeat(60_000))).toBeUndefined();
    expect(() => read(head + 'x'.repeat(70_000))).toThrow(WrongAnswer);
    expect(() => read('x'.repeat(70_000))).toThrow(WrongAnswer);
  });

  it('is read the same wherever it was cut, and never before its last byte', () => {
    const body = fc.string({ maxLength: 60, unit: 'binary-ascii' });
    const framed = fc.oneof(
      body.map((text) => ({ text, rest: `Content-Length: ${text.length}\r\n\r\n${text}` })),
      fc
        .array(
          body.filter((text) => text !== ''),
          { maxLength: 4 },
        )
        .map((parts) => ({
          text: parts.join(''),
          rest: `Transfer-Encoding: chunked\r\n\r\n${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`,
        })),
    );
    fc.assert(
      fc.property(
        framed,
        fc.integer({ min: 200, max: 599 }).filter((s) => s !== 204 && s !== 304),
        (frame, status) => {
          const whole = `HTTP/1.1 ${status} Reason\r\nDate: now\r\n${frame.rest}`;
          for (let cut = 0; cut < whole.length; cut += 1) expect(read(whole.slice(0, cut))).toBeUndefined();
          expect(read(whole)).toMatchObject({ status, body: frame.text, keepsSocket: true });
        },
      ),
    );
  });
});
