import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './runtime-error.ts';

export type Handler = (event: unknown, context: unknown) => unknown;

/**
 * Loads `dir/file.export.path` as the runtime of Node.js 24 does: `file.js` as CommonJS unless the package says
 * `"type": "module"`, then `.mjs`, then `.cjs`. A handler that declares a third parameter is refused: callbacks are gone.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * @throws RuntimeError named `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`, `Runtime.HandlerNotFound`,
 * `Runtime.MalformedHandlerName` or `Runtime.CallbackHandlerDeprecated`; whatever the module itself throws comes through.
 */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const separator = basename(handler).indexOf('.');
  if (handler.includes('..') || separator < 1)
    throw new RuntimeError('MalformedHandlerName', `'${handler}' is not a valid handler name.`);
  const moduleName = basename(handler).slice(0, separator);
  const exportPath = basename(handler).slice(separator + 1);
  const module = await loadModule(resolve(taskRoot, dirname(handler)), moduleName);
  const found = exportPath
    .split('.')
    .reduce<unknown>((nested, key) => (nested as Record<string, unknown> | undefined)?.[key], module);
  if (found === undefined || found === null)
    throw new RuntimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('HandlerNotFound', `${handler} is not a function`);
  if (found.length >= 3) {
    throw new RuntimeError(
      'CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
        `${handler} declares ${found.length} parameters; an async handler has at most two.`,
    );
  }
  return found as Handler;
}

async function loadModule(directory: string, name: string): Promise<unknown> {
  const base = join(directory, name);
  const require = createRequire(`${base}.js`);
  const asModule = (path: string): Promise<unknown> => import(pathToFileURL(path).href);
  try {
    if (existsSync(`${base}.js`))
      return isModulePackage(directory) ? await asModule(`${base}.js`) : require(`${base}.js`);
    if (existsSync(`${base}.mjs`)) return await asModule(`${base}.mjs`);
    if (existsSync(`${base}.cjs`)) return require(`${base}.cjs`);
  } catch (failure) {
    throw asLoadError(failure);
  }
  throw new RuntimeError('ImportModuleError', `Error: Cannot find module '${name}'`);
}

function isModulePackage(directory: string): boolean {
  const manifest = join(directory, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
}

function asLoadError(failure: unknown): unknown {
  const code = (failure as { code?: unknown } | null)?.code;
  if (failure instanceof SyntaxError)
    return new RuntimeError('UserCodeSyntaxError', String(failure), { cause: failure });
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')
    return new RuntimeError('ImportModuleError', String(failure), { cause: failure });
  return failure;
}
