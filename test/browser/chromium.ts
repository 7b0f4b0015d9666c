import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** `CHROMIUM_PATH`, or where distributions put it; undefined, said in one line, where there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  const found = (CHROMIUM_PATH === undefined ? paths : [CHROMIUM_PATH]).find(isExecutable);
  if (found === undefined) {
    console.log(
      'No Chromium was found: the browser tests are skipped. Install chromium, or set CHROMIUM_PATH.',
    );
  }
  return found;
}

/** Headless, with a fresh profile and nothing that speaks to anybody but the page. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
