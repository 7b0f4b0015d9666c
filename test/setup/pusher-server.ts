import Pusher from 'pusher';
import type { TestExecution } from './execution.ts';

/** The `pusher` server SDK, unmodified, as an API uses it: with the id, key and secret of the app, and the host. */
export function pusherServer(
  execution: TestExecution,
  options: { readonly secret?: string; readonly encryptionMasterKeyBase64?: string } = {},
): Pusher {
  const { AppId, AppKey, AppSecret } = execution.outputs;
  return new Pusher({
    appId: AppId as string,
    key: AppKey as string,
    secret: options.secret ?? (AppSecret as string),
    host: execution.host,
    port: String(execution.port),
    useTLS: false,
    ...(options.encryptionMasterKeyBase64 !== undefined && {
      encryptionMasterKeyBase64: options.encryptionMasterKeyBase64,
    }),
  });
}
