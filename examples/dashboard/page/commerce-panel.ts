import { type Commerce, channelOf } from '../commerces.ts';
import type { ConnectionReport, ConnectionState } from './live-connection.ts';
import { formatMoney } from './money.ts';
import { isPayment, type Payment } from './payment.ts';
import { paymentRow } from './payment-row.ts';
import { cloneTemplate, part } from './template.ts';

const MOST_ROWS = 50;

const stateLabels: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Conectando…',
  connected: 'Conectado',
  reconnecting: 'Reconectando…',
  failed: 'Sin conexión',
};

/** One commerce on the page: its connection, its payments, and what it got that was not its own. */
export class CommercePanel {
  readonly element = cloneTemplate('commerce-panel');
  private readonly commerce: Commerce;
  private readonly seen = new Set<Payment['id']>();
  private total = 0;
  private foreign = 0;
  private writtenForNeighbour = 0;

  constructor(commerce: Commerce, neighbour: Commerce) {
    this.commerce = commerce;
    this.element.dataset.commerce = String(commerce.id);
    this.element.setAttribute('aria-label', commerce.name);
    part(this.element, 'payments').setAttribute('aria-label', `Pagos de ${commerce.name}`);
    this.write('name', commerce.name);
    this.write('channel', `private-${channelOf(commerce.id)}`);
    this.write('neighbour', neighbour.name);
    this.showTotals();
  }

  showConnection({ state, socketId, reason }: ConnectionReport): void {
    this.element.dataset.state = state;
    this.write('state', reason ? `${stateLabels[state]}: ${reason}` : stateLabels[state]);
    this.write('socket', socketId ? `socket ${socketId}` : '');
  }

  /** True when it is shown for the first time: delivery is at least once, so the same payment may come again. */
  showPayment(event: unknown): event is Payment {
    if (!isPayment(event) || event.commerce_id !== this.commerce.id || this.seen.has(event.id)) return false;
    this.seen.add(event.id);
    this.total += event.amount;
    this.showTotals();
    const list = part(this.element, 'payments');
    list.prepend(paymentRow(event));
    list.children[MOST_ROWS]?.remove();
    return true;
  }

  /** Counts what is not this commerce's own, on whatever channel it came. */
  witness(data: unknown): void {
    if ((data as { commerce_id?: unknown } | null)?.commerce_id === this.commerce.id) return;
    this.foreign += 1;
    this.showTotals();
  }

  noteWrittenForNeighbour(): void {
    this.writtenForNeighbour += 1;
    this.showTotals();
  }

  private showTotals(): void {
    this.write('total', formatMoney(this.total));
    this.write('count', this.seen.size === 1 ? '1 pago' : `${this.seen.size} pagos`);
    this.write('foreign', String(this.foreign));
    this.write('written', String(this.writtenForNeighbour));
    part(this.element, 'empty').hidden = this.seen.size > 0;
    this.element.dataset.leaked = String(this.foreign > 0);
  }

  private write(name: string, text: string): void {
    part(this.element, name).textContent = text;
  }
}
