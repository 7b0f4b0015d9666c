import { dashboardSite, type Site } from '../../examples/dashboard/server/dashboard-site.ts';
import { buildPage } from '../../examples/dashboard/server/page-build.ts';
import { demoIssuer } from '../setup/demo-issuer.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';

/** The local execution with the demo in front, as `npm start` serves it. */
export async function startDemo(): Promise<TestExecution> {
  let site: Site = () => false;
  const [assets, execution] = await Promise.all([
    buildPage(),
    startExecution({ site: (request, response) => site(request, response) }),
  ]);
  const { AppKey, NotificationsTable } = execution.outputs;
  site = dashboardSite({
    assets,
    dynamoDb: execution.dynamoDb,
    notificationsTable: NotificationsTable as string,
    key: AppKey as string,
    issuer: demoIssuer(),
  });
  return execution;
}
