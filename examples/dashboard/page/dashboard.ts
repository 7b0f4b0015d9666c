import { commerces } from '../commerces.ts';
import { Arrivals } from './arrivals.ts';
import { CommercePanel } from './commerce-panel.ts';
import { connectCommerce } from './live-connection.ts';
import { preparePaymentForm } from './payment-form.ts';

const [first, second] = commerces;
const panels = new Map([
  [first.id, new CommercePanel(first, second)],
  [second.id, new CommercePanel(second, first)],
]);
const arrivals = new Arrivals();

for (const [commerceId, panel] of panels) {
  document.getElementById('commerces')?.append(panel.element);
  void connectCommerce(commerceId, {
    onNotification: (event) => {
      if (panel.showPayment(event)) arrivals.note(String(event.id));
    },
    onAnything: (data) => panel.witness(data),
    onState: (report) => panel.showConnection(report),
  });
}

preparePaymentForm(async ({ id, commerceId, sentAt }) => {
  for (const [otherId, panel] of panels) if (otherId !== commerceId) panel.noteWrittenForNeighbour();
  const { name } = commerceId === first.id ? first : second;
  const arrivedAt = await arrivals.of(id);
  return `Fila escrita; llegó a ${name} en ${Math.round(arrivedAt - sentAt)} ms.`;
});
