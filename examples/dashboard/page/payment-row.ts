import { isSourceApp, paymentApps } from '../payment-apps.ts';
import { formatMoney } from './money.ts';
import type { Payment } from './payment.ts';
import { cloneTemplate, part } from './template.ts';

const timeOfDay = new Intl.DateTimeFormat('es-PE', { hour: 'numeric', minute: '2-digit', second: '2-digit' });

/** A line of the list, like one of a till roll. Texts of the payment are set as text, never as markup. */
export function paymentRow(payment: Payment): HTMLElement {
  const app = isSourceApp(payment.source_app) ? paymentApps[payment.source_app].name : payment.source_app;
  const row = cloneTemplate('payment-row');
  row.dataset.app = payment.source_app;
  row.dataset.id = String(payment.id);
  part(row, 'mark').textContent = app.slice(0, 4);
  part(row, 'payer').textContent = payment.payer_name;
  part(row, 'app').textContent = app;
  part(row, 'time').textContent = timeOfDay.format(new Date(payment.posted_at));
  part(row, 'time').setAttribute('datetime', payment.posted_at);
  part(row, 'amount').textContent = formatMoney(payment.amount, payment.currency);
  return row;
}
