import { type EventLimits, type EventsReading, readChannel, readEvent, readingOf } from './event-request.ts';
import { Complaints, complain, type Fields, fieldsOf, isMissing, jsonObjectOf } from './request-fields.ts';

/**
 * Reads the body of `POST /apps/{appId}/batch_events`: events in their order, each with one channel. All or none: one that is wrong
 * makes the batch invalid. Never throws.
 * Source: laravel/reverb `Http/Controllers/EventsBatchController.php`
 */
export function readBatchRequest(body: Uint8Array, limits: EventLimits): EventsReading {
  const payload = jsonObjectOf(body);
  if (payload === undefined) return { outcome: 'unreadable' };
  const fields = fieldsOf(payload, new Complaints());
  const events = itemsOf(fields, limits).map((item, index) =>
    readEvent(fieldsOf(item, fields.complaints, `batch.${index}.`), limits, readOnlyChannel),
  );
  return readingOf(events, fields, limits);
}

function itemsOf(fields: Fields, { maxEventsPerBatch }: EventLimits): readonly unknown[] {
  const batch = fields.values.get('batch');
  if (isMissing(batch)) complain(fields, 'batch', 'field is required.');
  else if (!Array.isArray(batch)) complain(fields, 'batch', 'field must be an array.');
  else if (batch.length > maxEventsPerBatch) {
    complain(fields, 'batch', `field must not have more than ${maxEventsPerBatch} items.`);
  } else return batch;
  return [];
}

function readOnlyChannel(fields: Fields): readonly string[] {
  const channel = fields.values.get('channel');
  if (!isMissing(channel)) return readChannel(fields, 'channel', channel);
  complain(fields, 'channel', 'field is required when channels is not present.');
  return [];
}
