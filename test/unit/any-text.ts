import fc from 'fast-check';

/** Any string at all, unpaired surrogates and control characters included; quick to set up, unlike fast-check's own. */
export const anyText = fc.oneof(
  fc.string(),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units)),
);
