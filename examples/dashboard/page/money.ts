const decimals = new Intl.NumberFormat('es-PE', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `S/ 1,250.50`, as it is written in Peru; another currency stands with its ISO 4217 code. */
export function formatMoney(amount: number, currency = 'PEN'): string {
  return `${currency === 'PEN' ? 'S/' : currency} ${decimals.format(amount)}`;
}
