import { commerces } from '../commerces.ts';
import { nextSample } from './sample-payments.ts';

export interface WrittenPayment {
  readonly id: string;
  readonly commerceId: number;
  /** `performance.now()` when the form was sent. */
  readonly sentAt: number;
}

/**
 * The form that plays the API: its payment becomes a row of the Notifications table. `onWritten` says what became of the
 * row since then; the sentence it resolves with is shown.
 */
export function preparePaymentForm(onWritten: (payment: WrittenPayment) => Promise<string>): void {
  const form = document.getElementById('payment-form') as HTMLFormElement;
  const outcome = document.getElementById('payment-outcome') as HTMLElement;
  const button = form.querySelector('button') as HTMLButtonElement;
  fill(form);

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const sentAt = performance.now();
    button.disabled = true;
    outcome.dataset.kind = 'pending';
    outcome.textContent = 'Escribiendo la fila…';
    try {
      const { id, commerceId } = await writeRow(new FormData(form));
      const name = commerces.find((commerce) => commerce.id === commerceId)?.name;
      outcome.dataset.kind = 'written';
      outcome.textContent = `Fila escrita para ${name}.`;
      fill(form);
      button.disabled = false;
      outcome.textContent = await onWritten({ id, commerceId, sentAt });
    } catch (error) {
      outcome.dataset.kind = 'refused';
      outcome.textContent = error instanceof Error ? error.message : String(error);
      button.disabled = false;
    }
  });
}

async function writeRow(entries: FormData): Promise<{ readonly id: string; readonly commerceId: number }> {
  const response = await fetch('/demo/notifications', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      commerce_id: Number(entries.get('commerce_id')),
      payer_name: entries.get('payer_name'),
      amount: Number(entries.get('amount')),
      source_app: entries.get('source_app'),
    }),
  }).catch(() => {
    throw new Error('El servidor no responde: ¿sigue en marcha «npm start»?');
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return { id: body.id, commerceId: body.commerce_id };
}

function fill(form: HTMLFormElement): void {
  const { payer, amount, app } = nextSample();
  const { elements } = form;
  (elements.namedItem('payer_name') as HTMLInputElement).value = payer;
  (elements.namedItem('amount') as HTMLInputElement).value = amount;
  (elements.namedItem('source_app') as HTMLSelectElement).value = app;
}
