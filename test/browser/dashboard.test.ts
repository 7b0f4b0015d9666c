import type { Browser, BrowserContextOptions, Locator, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gate } from '../local/setup/scripted-functions.ts';
import type { TestExecution } from '../setup/execution.ts';
import { PATIENCE_IN_MILLISECONDS } from '../setup/patience.ts';
import { payment } from '../setup/payment.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { startDemo } from './demo.ts';

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the dashboard in a browser', () => {
  let demo: TestExecution;
  let browser: Browser;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), launchChromium(executablePath as string)]);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  const panel = (page: Page, name: string): Locator => page.getByRole('article', { name });
  const rosita = (page: Page): Locator => panel(page, 'Bodega Rosita');
  const sol = (page: Page): Locator => panel(page, 'Farmacia Sol');
  const payments = (commerce: Locator): Locator => commerce.getByRole('listitem');

  /** Waited for: a payment may be heard before the form has been told that its row is written. */
  const shows = (commerce: Locator, text: string): Promise<void> =>
    commerce.getByText(text, { exact: true }).waitFor();

  /** Opens the page and waits until both commerces are connected. */
  async function open(
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<Page> {
    const context = await browser.newContext({ locale: 'es-PE', ...options });
    context.setDefaultTimeout(PATIENCE_IN_MILLISECONDS);
    const page = await context.newPage();
    await prepare?.(page);
    await page.goto(demo.local.url);
    await connected(page);
    return page;
  }

  async function connected(page: Page): Promise<void> {
    for (const commerce of [rosita(page), sol(page)]) {
      await commerce.getByText('Conectado', { exact: true }).waitFor();
    }
  }

  async function register(
    page: Page,
    commerce: string,
    payer: string,
    amount: string,
    app: string,
  ): Promise<void> {
    await page.getByRole('radio', { name: commerce }).check();
    await page.getByRole('textbox', { name: 'Quién paga' }).fill(payer);
    await page.getByRole('spinbutton', { name: 'Monto' }).fill(amount);
    await page.getByRole('combobox', { name: 'Con' }).selectOption({ label: app });
    await page.getByRole('button', { name: 'Registrar' }).click();
  }

  it('shows the state and the socket id of each connection', async () => {
    const page = await open();

    const ids = await page.getByText(/^socket \d+\.\d+$/).allTextContents();

    expect(new Set(ids).size).toBe(2);
  });

  it('shows a payment to the commerce that was paid, and nothing to its neighbour', async () => {
    const page = await open();

    await register(page, 'Bodega Rosita', 'Ana Torres', '150.50', 'Yape');

    await payments(rosita(page)).filter({ hasText: 'Ana Torres' }).waitFor();
    const [row = ''] = await payments(rosita(page)).allInnerTexts();
    expect(row).toContain('S/ 150.50');
    expect(row).toMatch(/Yape · \d{1,2}:\d\d:\d\d/);
    await shows(rosita(page), '1 pago');
    await shows(sol(page), 'Filas escritas para Bodega Rosita: 1');
    await shows(sol(page), '0 de la otra tienda');
    expect(await payments(sol(page)).count()).toBe(0);
  });

  it('does so the other way round', async () => {
    const page = await open();

    await register(page, 'Farmacia Sol', 'Luis Rojas', '1250', 'BCP');

    await payments(sol(page)).filter({ hasText: 'Luis Rojas' }).waitFor();
    expect((await payments(sol(page)).allInnerTexts())[0]).toContain('S/ 1,250.00');
    await shows(rosita(page), 'Filas escritas para Farmacia Sol: 1');
    await shows(rosita(page), '0 de la otra tienda');
    expect(await payments(rosita(page)).count()).toBe(0);
  });

  it('tells how long the payment took from the form to the screen', async () => {
    const page = await open();

    await register(page, 'Farmacia Sol', 'Luis Rojas', '5', 'Plin');

    await page.getByText(/Fila escrita; llegó a Farmacia Sol en \d+ ms\./).waitFor();
  });

  it('shows what the API writes by itself, and the same payment once', async () => {
    const page = await open();
    const data = payment(12, { id: 77, payer_name: 'Juan Pérez' });

    await demo.notify({ channel: 'private-commerce.12', data });
    await demo.notify({ channel: 'private-commerce.12', data });
    await demo.notify({
      channel: 'private-commerce.12',
      data: payment(12, { id: 78, payer_name: 'Rosa Vargas' }),
    });

    await payments(rosita(page)).filter({ hasText: 'Rosa Vargas' }).waitFor();
    expect(await payments(rosita(page)).count()).toBe(2);
    await shows(rosita(page), 'S/ 301.00');
  });

  it('counts a foreign payment if one ever comes, and does not list it', async () => {
    const page = await open();

    await demo.notify({ channel: 'private-commerce.12', data: payment(34, { id: 91 }) });

    await rosita(page).getByText('1 de la otra tienda').waitFor();
    expect(await payments(rosita(page)).count()).toBe(0);
  });

  it('says why a payment is refused', async () => {
    const page = await open();

    await register(page, 'Bodega Rosita', '   ', '5', 'Yape');

    await page.getByText('El nombre de quien paga debe tener de 1 a 80 caracteres.').waitFor();
    expect(await payments(rosita(page)).count()).toBe(0);
  });

  it('writes what a payer is called as text, never as markup', async () => {
    const page = await open();

    await register(page, 'Bodega Rosita', '<b>Ana</b>', '5', 'Yape');

    await payments(rosita(page)).filter({ hasText: '<b>Ana</b>' }).waitFor();
  });

  it('connects anew and goes on receiving when its connection breaks', async () => {
    const sockets: WebSocketRoute[] = [];
    const again = gate();
    const page = await open({}, (fresh) =>
      fresh.routeWebSocket(/\/app\//, async (socket) => {
        if (sockets.push(socket) > 2) await again.opened;
        socket.connectToServer();
      }),
    );

    await Promise.all(sockets.map((socket) => socket.close({ code: 1001 })));
    // It says so until it is connected, which is not before it has been seen to say so.
    await rosita(page).getByText('Reconectando…').waitFor();
    again.open();
    await connected(page);
    await register(page, 'Bodega Rosita', 'Ana Torres', '8', 'Yape');

    await payments(rosita(page)).filter({ hasText: 'Ana Torres' }).waitFor();
  });

  it('connects and receives after a reload', async () => {
    const page = await open();
    await page.reload();
    await connected(page);

    await register(page, 'Farmacia Sol', 'Luis Rojas', '9.90', 'BBVA');

    await payments(sol(page)).filter({ hasText: 'S/ 9.90' }).waitFor();
  });

  it.each([
    ['light', 390],
    ['dark', 360],
    ['light', 320],
  ] as const)('fits a phone (%s, %i px) without scrolling sideways', async (colorScheme, width) => {
    const page = await open({ colorScheme, isMobile: true, viewport: { width, height: 740 } });
    await register(page, 'Bodega Rosita', 'Una persona con un nombre bastante largo', '99999.99', 'BBVA');
    await payments(rosita(page)).filter({ hasText: 'S/ 99,999.99' }).waitFor();

    // Not against innerWidth: a phone's browser widens that to what it has to show.
    const shown = await page.evaluate('document.documentElement.scrollWidth');

    expect(shown).toBe(width);
    expect(await payments(rosita(page)).filter({ hasText: 'S/ 99,999.99' }).isVisible()).toBe(true);
  });
});
