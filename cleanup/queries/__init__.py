"""Reading the cleanup: criteria over the whole register, explanations, figures."""
