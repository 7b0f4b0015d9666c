import Pusher from 'pusher';
import { describe, expect, it } from 'vitest';
import {
  masterKeyOfSecret,
  readMasterKey,
  sharedSecretOf,
} from '../../../lambdas/protocol/encryption-key.ts';

describe('the encryption master key of a secret', () => {
  it('has 32 bytes that never change, and others for another secret', () => {
    expect(Buffer.from(masterKeyOfSecret('app-secret')).toString('hex')).toBe(
      'e3c8b160aa518784a448374b14b7cd3a56dc16ab279b37bfd5a7b7a4755a80c8',
    );
    expect(masterKeyOfSecret('another')).not.toEqual(masterKeyOfSecret('app-secret'));
  });
});

describe('the shared secret of an encrypted channel', () => {
  it.each(['private-encrypted-orders', 'private-encrypted-cache-a.b_c=d@e,f;1'])(
    'is the one that the server SDK hands out and encrypts %s with',
    (channel) => {
      const masterKey = Buffer.from(masterKeyOfSecret('app-secret'));
      const sdk = new Pusher({
        appId: 'app',
        key: 'app-key',
        secret: 'app-secret',
        host: 'localhost',
        encryptionMasterKeyBase64: masterKey.toString('base64'),
      });

      const { shared_secret } = sdk.authorizeChannel('1.2', channel);

      expect(sharedSecretOf(readMasterKey(masterKey.toString('base64')), channel)).toBe(shared_secret);
    },
  );
});
