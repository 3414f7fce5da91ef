"""mixreal: image classifiers from limited real and abundant synthetic images."""
