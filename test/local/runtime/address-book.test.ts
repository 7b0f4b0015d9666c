import { describe, expect, it } from 'vitest';
import { createAddressBook } from '../../../local/runtime/create-address-book.ts';

const book = createAddressBook();
book.register('abc.execute-api.us-east-1.amazonaws.com', 'http://127.0.0.1:4001');
book.register('D1.cloudfront.net', 'http://localhost:8080');

describe('an address of AWS becomes the local one', () => {
  it.each([
    ['wss://abc.execute-api.us-east-1.amazonaws.com/local', 'ws://127.0.0.1:4001/local'],
    ['https://abc.execute-api.us-east-1.amazonaws.com/local', 'http://127.0.0.1:4001/local'],
    ['https://d1.cloudfront.net', 'http://localhost:8080'],
    ['https://D1.CloudFront.net/a?b=c#d', 'http://localhost:8080/a?b=c#d'],
  ])('%s', (value, local) => {
    expect(book.localize(value)).toBe(local);
  });

  it.each([
    'https://other.execute-api.us-east-1.amazonaws.com/local',
    'https://d1.cloudfront.net.evil.example/',
    'd1.cloudfront.net',
    'ftp://d1.cloudfront.net',
    'see https://d1.cloudfront.net',
    'arn:aws:sqs:us-east-1:123456789012:q',
    '',
  ])('and anything else stays: %s', (value) => {
    expect(book.localize(value)).toBe(value);
  });
});
