export interface Welcome {
  /** `http://localhost:8080` */
  readonly url: string;
  readonly key: string;
  readonly outputsFile: string;
}

/** What stands on the screen once everything runs; a program that waits for it reads the last line. */
export function welcome({ url, key, outputsFile }: Welcome): string {
  const { host, hostname, port } = new URL(url);
  return `
  Pregonero runs on this machine, from the template that "cdk deploy" deploys.

    demo     ${url}
    host     ${host}
    key      ${key}
    outputs  ${outputsFile}
    token    member "token" of ${url}/demo/session?commerce=12
    check    npm run verify -- --outputs ${outputsFile}

  In a frontend:

    new Echo({
      broadcaster: 'reverb',
      key: '${key}',
      wsHost: '${hostname}',
      wsPort: ${port},
      forceTLS: false,
      enabledTransports: ['ws', 'wss'],
      authEndpoint: '${url}/broadcasting/auth',
      auth: { headers: { Authorization: \`Bearer \${token}\` } },
    })
      .private('commerce.12')
      .listen('.notification.created', show);

  Ctrl+C stops it.

ready ${url}`;
}
