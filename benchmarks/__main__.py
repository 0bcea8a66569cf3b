"""`python -m benchmarks [PART …]`."""

import sys

from benchmarks.run import main

sys.exit(main())
