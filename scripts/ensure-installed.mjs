/**
 * Runs `npm ci` when what is installed is not what package-lock.json says, so that the other commands work on a fresh
 * clone and after a pull. Plain JavaScript without dependencies: it runs before there are any.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The `engines` of package.json, read rather than repeated. */
function minimumNode() {
  return JSON.parse(readFileSync('package.json', 'utf8')).engines.node.replace('>=', '');
}

function isOlder(version, minimum) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimum.split('.').map(Number);
  return major < minimumMajor || (major === minimumMajor && minor < minimumMinor);
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Whether the lockfile that npm keeps inside node_modules tells of the same packages as package-lock.json. Contents are
 * compared, not times: a checkout or a copy changes the times of files that say the same. Optional packages may be
 * missing (they are of another platform), and where one side knows no integrity, the version decides.
 */
export function isInstalled(wanted, installed) {
  if (wanted === undefined || installed === undefined) return false;
  const same = (path) => {
    const [expected, found] = [wanted[path], installed[path]];
    if (expected?.version !== found?.version) return false;
    return !expected?.integrity || !found?.integrity || expected.integrity === found.integrity;
  };
  const needed = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional);
  return needed.every((path) => installed[path] && same(path)) && Object.keys(installed).every(same);
}

function main() {
  const minimum = minimumNode();
  if (isOlder(process.versions.node, minimum)) {
    console.error(`Node ${process.versions.node} is too old: Pregonero needs ${minimum} or later.`);
    return 1;
  }
  if (isInstalled(packagesOf('package-lock.json'), packagesOf('node_modules/.package-lock.json'))) return 0;

  console.log('Installing the packages of package-lock.json (npm ci) …');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const { status, error } = npm
    ? spawnSync(process.execPath, [npm, ...args], { stdio: 'inherit' })
    : spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status === 0) return 0;
  console.error(
    `npm ci failed${error ? `: ${error.message}` : ''}. Mend what it says above, then run the command again.`,
  );
  return 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
