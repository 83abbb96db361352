"""`python -m lab.exercise.schema`: what an editor has to know of an exercise.yaml."""

import json
import sys

from lab.exercise.model import Needs

if __name__ == "__main__":
    json.dump(Needs.model_json_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
