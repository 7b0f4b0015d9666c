import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * A page with `Echo` and `Pusher` as a bundler brings them to a browser, encryption included, for a test to use as it likes.
 * Served at `/echo`.
 */
export async function echoPage(): Promise<(path: string) => { type: string; body: string } | undefined> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import Echo from 'laravel-echo';
        import Pusher from 'pusher-js/with-encryption';
        Object.assign(window, { Echo, Pusher });
      `,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  const script = outputFiles[0]?.text ?? '';
  const files = new Map([
    [
      '/echo',
      { type: 'text/html', body: '<!doctype html><title>Echo</title><script src="/echo.js"></script>' },
    ],
    ['/echo.js', { type: 'text/javascript', body: script }],
  ]);
  return (path) => files.get(path);
}
