import type { SourceApp } from '../payment-apps.ts';

export interface SamplePayment {
  readonly payer: string;
  readonly amount: string;
  readonly app: SourceApp;
}

const samples: readonly SamplePayment[] = [
  { payer: 'Juan Pérez Huamán', amount: '150.50', app: 'yape' },
  { payer: 'María Quispe Flores', amount: '28.90', app: 'plin' },
  { payer: 'Carlos Mendoza Ríos', amount: '1250.00', app: 'bcp' },
  { payer: 'Lucía Chávez Salas', amount: '12.00', app: 'yape' },
  { payer: 'Jorge Ñahui Ccori', amount: '64.30', app: 'bbva' },
  { payer: 'Rosa Vargas León', amount: '7.50', app: 'yape' },
];

let next = 0;

/** The next one of a few everyday payments, so that the form can be sent as it stands. */
export function nextSample(): SamplePayment {
  const sample = samples[next % samples.length] as SamplePayment;
  next += 1;
  return sample;
}
