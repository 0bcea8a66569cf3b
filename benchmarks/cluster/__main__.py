"""`python -m benchmarks.cluster [PART …]`."""

import sys

from benchmarks.cluster.run import main

sys.exit(main())
