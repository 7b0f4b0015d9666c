/**
 * Viewer request of `/app/*`: API Gateway answers a WebSocket handshake at its stage only, so the app key moves from
 * the path into the query. `/app/KEY?protocol=7` becomes `/?protocol=7&appKey=KEY`; CloudFront puts the stage in front.
 * Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html and, for
 * what of JavaScript there is, functions-javascript-runtime-20.html beside it.
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const path = /^\/app\/([^/]+)\/?$/.exec(request.uri);
  if (!path) {
    return { statusCode: 404, statusDescription: 'Not Found' };
  }
  request.uri = '/';
  // Whatever the client itself sent under this name goes, however it is spelled or repeated.
  Object.keys(request.querystring).forEach((name) => {
    if (decoded(name) === 'appKey') {
      delete request.querystring[name];
    }
  });
  // In a path, "&", "=" and "+" stand for themselves; in a query they would not.
  request.querystring.appKey = { value: path[1].replace(/[&=+]/g, encodeURIComponent) };
  return request;
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch (_malformed) {
    return name;
  }
}
