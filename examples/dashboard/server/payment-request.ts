import { type Commerce, commerces } from '../commerces.ts';
import { isSourceApp, paymentApps, type SourceApp } from '../payment-apps.ts';
import { RequestRefused } from './json-exchange.ts';

/** A payment as the form sends it, checked. */
export interface PaymentRequest {
  readonly commerce: Commerce;
  readonly payerName: string;
  readonly amount: number;
  readonly sourceApp: SourceApp;
}

const MAX_NAME_LENGTH = 80;
const MAX_AMOUNT = 99_999.99;

const choices = (values: readonly (string | number)[]): string => values.join(', ');

export function commerceWithId(id: unknown): Commerce | undefined {
  return commerces.find((commerce) => commerce.id === id);
}

export const unknownCommerce = `El comercio debe ser uno de: ${choices(commerces.map(({ id }) => id))}.`;

/** Throws {@link RequestRefused} 422 that names every wrong field. */
export function parsePaymentRequest(body: unknown): PaymentRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new RequestRefused(422, 'El cuerpo debe ser un objeto JSON.');
  }
  const { commerce_id, payer_name, amount, source_app } = body as Readonly<Record<string, unknown>>;
  const commerce = commerceWithId(commerce_id);
  const payerName = typeof payer_name === 'string' ? payer_name.trim() : '';
  const errors: Record<string, string[]> = {};

  if (commerce === undefined) errors.commerce_id = [unknownCommerce];
  if (payerName === '' || payerName.length > MAX_NAME_LENGTH) {
    errors.payer_name = [`El nombre de quien paga debe tener de 1 a ${MAX_NAME_LENGTH} caracteres.`];
  }
  if (!isAmount(amount)) {
    errors.amount = [`El monto debe ser un número de 0.01 a ${MAX_AMOUNT}, con dos decimales como máximo.`];
  }
  if (!isSourceApp(source_app)) {
    errors.source_app = [`La app debe ser una de: ${choices(Object.keys(paymentApps))}.`];
  }

  if (
    commerce === undefined ||
    !isAmount(amount) ||
    !isSourceApp(source_app) ||
    Object.keys(errors).length > 0
  ) {
    throw new RequestRefused(422, Object.values(errors).flat().join(' '), errors);
  }
  return { commerce, payerName, amount, sourceApp: source_app };
}

function isAmount(value: unknown): value is number {
  if (typeof value !== 'number' || !(value >= 0.01 && value <= MAX_AMOUNT)) return false;
  return Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
}
