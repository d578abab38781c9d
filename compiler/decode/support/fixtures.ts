/**
 * The fixture (a folder of fixtures/) that shows what becomes of a field, by `Message.field` or, for all its fields at once, by `Message`;
 * by code for what is not honoured. The most special one is printed in docs/xds-support.md.
 */
export const fixturesByField: Readonly<Record<string, string>> = {};

export const fixturesByCode: Readonly<Record<string, string>> = {};
