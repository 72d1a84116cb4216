"""Reading decoupling: figures on a day, the board, what an acceptance still lacks."""
