import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const lambdas = fileURLToPath(new URL('../lambdas', import.meta.url));
const handlers = join(lambdas, 'handlers');

/** The bundle of `lambdas/handlers/{name}.ts` as `index.mjs`. */
export function functionCode(name: string): Code {
  return Code.fromAsset(lambdas, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputDirectory) {
          cpSync(join(bundles(), `${name}.mjs`), join(outputDirectory, 'index.mjs'));
          return true;
        },
      },
    },
  });
}

let directory: string | undefined;

/**
 * All handlers in one pass of esbuild: NodejsFunction starts one process a function, each of which reads the AWS SDK
 * again, and that is most of what `cdk synth` takes.
 */
function bundles(): string {
  if (directory !== undefined) return directory;
  directory = mkdtempSync(join(tmpdir(), 'pregonero-'));
  buildSync({
    entryPoints: [join(handlers, '*.ts')],
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    banner: {
      js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
  return directory;
}
