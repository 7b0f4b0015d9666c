import { describe, expect, it } from 'vitest';
import { isInstalled } from '../../scripts/ensure-installed.mjs';

const wanted = {
  '': { name: 'pregonero' },
  'node_modules/ws': { version: '8.23.0', integrity: 'sha512-a' },
  'node_modules/@esbuild/linux-x64': { version: '0.28.2', integrity: 'sha512-b', optional: true },
};
const installed = { 'node_modules/ws': { version: '8.23.0', integrity: 'sha512-a' } };

describe('what is installed', () => {
  it('is enough when only optional packages are missing', () => {
    expect(isInstalled(wanted, installed)).toBe(true);
  });

  it('is not enough without node_modules', () => {
    expect(isInstalled(wanted, undefined)).toBe(false);
  });

  it('is not enough when a package is missing', () => {
    expect(isInstalled(wanted, {})).toBe(false);
  });

  it('is not enough when a package has another version than the lockfile says', () => {
    expect(isInstalled(wanted, { 'node_modules/ws': { version: '8.22.0', integrity: 'sha512-z' } })).toBe(
      false,
    );
  });

  it('is not enough when a package has other contents than the lockfile says', () => {
    expect(isInstalled(wanted, { 'node_modules/ws': { version: '8.23.0', integrity: 'sha512-z' } })).toBe(
      false,
    );
  });

  it('is not enough when a package is there that the lockfile does not know', () => {
    expect(isInstalled(wanted, { ...installed, 'node_modules/left-pad': { version: '1.3.0' } })).toBe(false);
  });

  it('goes by the version where the lockfile knows no integrity', () => {
    const unhashed = { 'node_modules/ws': { version: '8.23.0' } };
    expect(isInstalled(unhashed, installed)).toBe(true);
  });
});
