"""`python -m mixreal` is `mixreal`."""

import sys

from mixreal.cli import main

sys.exit(main())
