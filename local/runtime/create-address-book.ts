import type { AddressBook } from './address-book.ts';

const schemes: Readonly<Record<string, string>> = {
  'https:': 'http:',
  'http:': 'http:',
  'wss:': 'ws:',
  'ws:': 'ws:',
};

export function createAddressBook(): AddressBook {
  const origins = new Map<string, URL>();
  return {
    register: (awsHost, localOrigin) => {
      origins.set(awsHost.toLowerCase(), new URL(localOrigin));
    },
    localize: (value) => {
      const [, scheme = '', host = '', rest = ''] = /^(https?:|wss?:)\/\/([^/?#]+)(.*)$/s.exec(value) ?? [];
      const origin = origins.get(host.toLowerCase());
      return origin ? `${schemes[scheme]}//${origin.host}${rest}` : value;
    },
  };
}
