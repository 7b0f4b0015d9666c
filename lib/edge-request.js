/**
 * Viewer request of `/app/*`: API Gateway answers a WebSocket handshake at its stage only, so the app key moves from
 * the path into the query. `/app/KEY?protocol=7` becomes `/?appKey=KEY&protocol=7`; CloudFront puts the stage in front.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
  var request = event.request;
  var path = /^\/app\/([^/]+)\/?$/.exec(request.uri);
  if (!path) {
    return { statusCode: 404, statusDescription: 'Not Found' };
  }
  request.uri = '/';
  // Assigned as one value: whatever the client itself sent under this name is gone, repeated or not.
  request.querystring.appKey = { value: path[1] };
  return request;
}
