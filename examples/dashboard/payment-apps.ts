/** Payment apps whose notifications the phone of a commerce captures, by `source_app`. */
export const paymentApps = {
  yape: { name: 'Yape', packageName: 'com.bcp.innovacxion.yapeapp' },
  plin: { name: 'Plin', packageName: 'pe.com.interbank.mobilebanking' },
  bcp: { name: 'BCP', packageName: 'com.bcp.bank.bcp' },
  bbva: { name: 'BBVA', packageName: 'com.bbva.nxt_peru' },
} as const;

export type SourceApp = keyof typeof paymentApps;

export const isSourceApp = (value: unknown): value is SourceApp =>
  typeof value === 'string' && Object.hasOwn(paymentApps, value);
