def take(account): return {"objects":0}
