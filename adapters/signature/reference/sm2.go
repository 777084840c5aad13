package reference

import (
	"crypto/rand"
	"encoding/binary"
	"math/big"
)

// The curve of GB/T 32918.5.
var (
	fieldP  = mustHex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF")
	curveA  = mustHex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC")
	curveB  = mustHex("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93")
	orderN  = mustHex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123")
	baseG   = Point{mustHex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"), mustHex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0")}
	one     = big.NewInt(1)
	two     = big.NewInt(2)
	three   = big.NewInt(3)
	coordSz = 32 // bytes of a coordinate
)

func mustHex(text string) *big.Int {
	n, sound := new(big.Int).SetString(text, 16)
	if !sound {
		panic("not a number: " + text)
	}
	return n
}

// Point is a point of the curve; nil coordinates are the one at infinity.
type Point struct{ X, Y *big.Int }

// add is p + q by the formulas for affine points.
func (p Point) add(q Point) Point {
	if p.X == nil {
		return q
	}
	if q.X == nil {
		return p
	}
	var over, under *big.Int
	if p.X.Cmp(q.X) == 0 {
		if new(big.Int).Mod(new(big.Int).Add(p.Y, q.Y), fieldP).Sign() == 0 {
			return Point{}
		}
		over = new(big.Int).Mul(p.X, p.X)
		over.Mul(over, three).Add(over, curveA)
		under = new(big.Int).Mul(two, p.Y)
	} else {
		over, under = new(big.Int).Sub(q.Y, p.Y), new(big.Int).Sub(q.X, p.X)
	}
	slope := over.Mul(over, under.ModInverse(under.Mod(under, fieldP), fieldP))
	slope.Mod(slope, fieldP)
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, p.X).Sub(x, q.X).Mod(x, fieldP)
	y := new(big.Int).Sub(p.X, x)
	y.Mul(y, slope).Sub(y, p.Y).Mod(y, fieldP)
	return Point{x, y}
}

// times is k·p by doubling and adding.
func (p Point) times(k *big.Int) Point {
	sum := Point{}
	for i := k.BitLen() - 1; i >= 0; i-- {
		sum = sum.add(sum)
		if k.Bit(i) == 1 {
			sum = sum.add(p)
		}
	}
	return sum
}

// onCurve reports whether y² = x³ + ax + b.
func (p Point) onCurve() bool {
	if p.X == nil || p.X.Sign() < 0 || p.Y.Sign() < 0 || p.X.Cmp(fieldP) >= 0 || p.Y.Cmp(fieldP) >= 0 {
		return false
	}
	right := new(big.Int).Exp(p.X, three, fieldP)
	right.Add(right, new(big.Int).Mul(curveA, p.X)).Add(right, curveB).Mod(right, fieldP)
	return new(big.Int).Exp(p.Y, two, fieldP).Cmp(right) == 0
}

// PublicOf is the public key of a private one.
func PublicOf(d *big.Int) Point { return baseG.times(d) }

// digest is e: the message behind what identifies the signer, as a number.
func digest(public Point, userID string, message []byte) *big.Int {
	identity := binary.BigEndian.AppendUint16(nil, uint16(len(userID)*8))
	identity = append(identity, userID...)
	for _, number := range []*big.Int{curveA, curveB, baseG.X, baseG.Y, public.X, public.Y} {
		identity = append(identity, number.FillBytes(make([]byte, coordSz))...)
	}
	return new(big.Int).SetBytes(SM3(append(SM3(identity), message...)))
}

// Sign is r and s over message (GB/T 32918.2, 6.2), with a k by chance.
func Sign(d *big.Int, userID string, message []byte) (r, s *big.Int, err error) {
	for {
		k, err := rand.Int(rand.Reader, orderN)
		if err != nil {
			return nil, nil, err
		}
		if r, s := SignWith(d, k, userID, message); r != nil {
			return r, s, nil
		}
	}
}

// SignWith is Sign with a given k; nil if that k will not do.
func SignWith(d, k *big.Int, userID string, message []byte) (r, s *big.Int) {
	if k.Sign() == 0 {
		return nil, nil
	}
	e := digest(PublicOf(d), userID, message)
	r = new(big.Int).Add(e, baseG.times(k).X)
	r.Mod(r, orderN)
	if r.Sign() == 0 || new(big.Int).Add(r, k).Cmp(orderN) == 0 {
		return nil, nil
	}
	s = new(big.Int).Sub(k, new(big.Int).Mul(r, d))
	s.Mul(s, new(big.Int).ModInverse(new(big.Int).Add(one, d), orderN)).Mod(s, orderN)
	if s.Sign() == 0 {
		return nil, nil
	}
	return r, s
}

// Verify reports whether r and s are public's over message (GB/T 32918.2, 7.1).
func Verify(public Point, userID string, message []byte, r, s *big.Int) bool {
	for _, number := range []*big.Int{r, s} {
		if number.Sign() <= 0 || number.Cmp(orderN) >= 0 {
			return false
		}
	}
	t := new(big.Int).Add(r, s)
	t.Mod(t, orderN)
	if t.Sign() == 0 || !public.onCurve() {
		return false
	}
	point := baseG.times(s).add(public.times(t))
	if point.X == nil {
		return false
	}
	sum := new(big.Int).Add(digest(public, userID, message), point.X)
	return sum.Mod(sum, orderN).Cmp(r) == 0
}
