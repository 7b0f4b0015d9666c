import { describe, expect, it } from 'vitest';
import {
  healthAnswer,
  jsonAnswer,
  jsonTextAnswer,
  textAnswer,
} from '../../../lambdas/protocol/http-answer.ts';

describe('an HTTP answer', () => {
  it('says that it is up, as Reverb says it', () => {
    expect(healthAnswer).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"health":"OK"}',
    });
  });

  it('is JSON or plain text, with what other headers it is given', () => {
    expect(jsonAnswer(200, {}, { vary: 'Origin' }).headers).toEqual({
      'content-type': 'application/json',
      vary: 'Origin',
    });
    expect(jsonTextAnswer(200, '{"id":12345678901234567890}')).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"id":12345678901234567890}',
    });
    expect(textAnswer(404, 'Not found.')).toMatchObject({ status: 404, body: 'Not found.' });
  });
});
