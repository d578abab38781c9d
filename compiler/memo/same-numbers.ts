/** The list of the call before, where it has the same numbers: for what compares its inputs by `===`. Lists never change. */
export function createSameNumbers(): (list: Int32Array) => Int32Array {
  let held: Int32Array = new Int32Array(0);
  return (list) => {
    if (!bytesOf(list).equals(bytesOf(held))) held = list;
    return held;
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
