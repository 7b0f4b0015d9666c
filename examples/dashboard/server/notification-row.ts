import { channelOf, eventName } from '../commerces.ts';
import { paymentApps } from '../payment-apps.ts';
import type { PaymentRequest } from './payment-request.ts';

const DAY_IN_SECONDS = 24 * 60 * 60;

/**
 * A row of the Notifications table, as any API writes it: the channel as it is on the wire, a ULID, the event's
 * `broadcastAs` name and its `broadcastWith` data.
 */
export function notificationRow(payment: PaymentRequest, id: string, now: Date) {
  const { commerce, payerName, amount, sourceApp } = payment;
  const app = paymentApps[sourceApp];
  const time = now.toISOString();
  return {
    channel: `private-${channelOf(commerce.id)}`,
    id,
    event: eventName,
    data: {
      id,
      user_id: 7,
      commerce_id: commerce.id,
      device_id: 3,
      source_app: sourceApp,
      package_name: app.packageName,
      app_instance_id: 'demo-phone',
      title: 'Confirmación de pago',
      body: `${payerName} te envió un pago por S/ ${amount.toFixed(2)} con ${app.name}`,
      amount,
      currency: 'PEN',
      payer_name: payerName,
      posted_at: time,
      received_at: time,
      status: 'pending',
      is_duplicate: false,
      created_at: time,
    },
    createdAt: time,
    expiresAt: Math.floor(now.getTime() / 1000) + DAY_IN_SECONDS,
  };
}
