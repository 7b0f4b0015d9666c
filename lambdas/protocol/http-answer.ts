/** What an HTTP route answers; header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** JSON, as every successful answer is: the server SDKs insist on 200 and an object. */
export const jsonAnswer = (status: number, value: object, headers: HttpAnswer['headers'] = {}): HttpAnswer =>
  jsonTextAnswer(status, JSON.stringify(value), headers);

/** The same, of JSON that was written as text. */
export const jsonTextAnswer = (
  status: number,
  body: string,
  headers: HttpAnswer['headers'] = {},
): HttpAnswer => ({ status, headers: { 'content-type': 'application/json', ...headers }, body });

/** Plain text, as Reverb's errors are. Source: laravel/reverb `src/Servers/Reverb/Http/Response.php`. */
export const textAnswer = (
  status: number,
  text: string,
  headers: HttpAnswer['headers'] = {},
): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: text,
});

/** `GET /up`, as Reverb answers it. */
export const healthAnswer: HttpAnswer = jsonAnswer(200, { health: 'OK' });
