package io.neurobalancer.workload;

/** The element type of a tensor, with its size in memory. */
public enum DataType {
  /** IEEE 754 double precision. */
  FLOAT64(8),
  /** IEEE 754 single precision. */
  FLOAT32(4),
  /** IEEE 754 half precision. */
  FLOAT16(2),
  /** The upper half of a single-precision number. */
  BFLOAT16(2),
  /** Signed 64-bit integer. */
  INT64(8),
  /** Signed 32-bit integer. */
  INT32(4),
  /** Signed 16-bit integer. */
  INT16(2),
  /** Signed 8-bit integer. */
  INT8(1),
  /** Unsigned 64-bit integer. */
  UINT64(8),
  /** Unsigned 32-bit integer. */
  UINT32(4),
  /** Unsigned 16-bit integer. */
  UINT16(2),
  /** Unsigned 8-bit integer. */
  UINT8(1),
  /** Truth value, one byte. */
  BOOL(1);

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of one element, bytes. */
  public int bytes() {
    return bytes;
  }
}
