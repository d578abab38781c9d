export const bundleCodes = {
  KM6001: {
    title: "no bundle there",
    explain:
      "The folder, its manifest.json or a file that the manifest names can't be read, is not a plain file or is larger than a bundle's file can be. Nothing was applied. Make the bundle again with `kmesh-compile compile`.",
  },
  KM6002: {
    title: "the manifest is not one",
    explain:
      "manifest.json is not JSON or does not have the form of this bundle format: the message has the place in it. A bundle of a newer or older compiler says so by its `format` number. Compile the snapshot again with the compiler of this version.",
  },
  KM6003: {
    title: "a file is not the one that was packed",
    explain:
      "The SHA-256 or the size of a file differs from the manifest: it was changed or cut off after it was written. Nothing of the bundle is used. Make it again or copy it again.",
  },
  KM6004: {
    title: "tables that do not fit together",
    explain:
      "The hashes are right, but the tables are not what this compiler makes: another set of tables or record sizes, or a record that points outside of its table. Nothing of the bundle is used. Compile the snapshot again with the compiler of this version.",
  },
} as const;
