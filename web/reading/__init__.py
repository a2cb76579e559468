"""Read models that join what several packages publish as views; web decides nothing with them."""
