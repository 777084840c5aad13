package reference

import (
	"encoding/asn1"
	"encoding/pem"
)

// algorithm names keys on the curve of SM2.
var algorithm = identifier{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}}

type identifier struct{ Kind, Curve asn1.ObjectIdentifier }

// PrivatePEM is a private key as a file has it (PKCS #8).
func PrivatePEM(d string) []byte {
	scalar := mustHex(d).FillBytes(make([]byte, coordSz))
	inner := mustMarshal(struct {
		Version int
		Scalar  []byte
	}{1, scalar})
	return block("PRIVATE KEY", struct {
		Version   int
		Algorithm identifier
		Key       []byte
	}{0, algorithm, inner})
}

// PublicPEM is the public key of a private one as a file has it (PKIX).
func PublicPEM(d string) []byte {
	public := PublicOf(mustHex(d))
	point := append([]byte{4}, public.X.FillBytes(make([]byte, coordSz))...)
	point = append(point, public.Y.FillBytes(make([]byte, coordSz))...)
	return block("PUBLIC KEY", struct {
		Algorithm identifier
		Key       asn1.BitString
	}{algorithm, asn1.BitString{Bytes: point, BitLength: 8 * len(point)}})
}

func block(kind string, content any) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: mustMarshal(content)})
}

func mustMarshal(content any) []byte {
	der, err := asn1.Marshal(content)
	if err != nil {
		panic(err)
	}
	return der
}
