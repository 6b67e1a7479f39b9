"""Names for the types of kernel parameters; the compiler ignores them, readers do not."""

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
Longs = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
Starts = npt.NDArray[np.int32]
Spans = npt.NDArray[np.int32]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: An unsigned scalar; NumPy's arithmetic on those types to more than a checker can follow.
Unsigned = Any
