/** What the page reads of the event `notification.created`; the API sends more. */
export interface Payment {
  readonly id: string | number;
  readonly commerce_id: number;
  readonly source_app: string;
  readonly payer_name: string;
  readonly amount: number;
  readonly currency: string;
  readonly posted_at: string;
}

export function isPayment(event: unknown): event is Payment {
  const payment = event as Partial<Payment> | null;
  return (
    typeof payment === 'object' &&
    payment !== null &&
    payment.id !== undefined &&
    typeof payment.amount === 'number'
  );
}
