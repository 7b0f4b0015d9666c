import { randomBytes } from 'node:crypto';

/**
 * Ids of connections, messages and requests as API Gateway makes them: 11 bytes in base64url with their padding, 16
 * characters (`R0oXAdfD0kwCH6w=`). Observed; AWS calls them opaque.
 */
export function gatewayId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

export const gatewayIdForm = /^[\w-]{15}=$/;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Feb/2022:19:07:37 +0000`, the form of `requestContext.requestTime`. */
export function commonLogTime(epochMilliseconds: number): string {
  const [date = '', time = ''] = new Date(epochMilliseconds).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
