"""stub"""
def write(a,b): print(len(a),len(b))
